"""Pages: open to everybody (sending), for the intake team (queue, case, waiting), for the coordinator (meeting)."""
