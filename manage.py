#!/usr/bin/env python
"""Django's commands. Migrating runs as the owner: NM_DATABASE_ROLE=owner."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nyemonstre.settings")
    execute_from_command_line(sys.argv)
