"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from nyemonstre import startup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nyemonstre.settings")

application = get_wsgi_application()
startup.refuse()
