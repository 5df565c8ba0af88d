"""Django is made ready here, because the conftest beside this file imports models when it is read."""

import django

django.setup()
