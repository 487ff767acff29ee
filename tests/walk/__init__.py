"""The demonstration cases as readable scenarios, walked through the real stack with a moved clock."""
