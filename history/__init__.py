"""What has happened to a family's rows, and who has looked: Endringer, and the log the family itself may ask for."""
