from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("logg-inn/", views.login, name="login"),
    path("utboks/", views.outbox, name="outbox"),
]
