"""The process and its changes: diagrams and tables with their versions, and what is being changed."""
