"""From henvendelse by way of the intake team to the information meeting."""
