"""Forms: the open form of the henvendelse, the intake team's forms, the information meeting."""
