"""The whole office beside a small model of it: chance acts on both, and both have to say the same."""
