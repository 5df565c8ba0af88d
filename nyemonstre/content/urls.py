from django.urls import path

from . import views

app_name = "content"
urlpatterns = [
    path("", views.fact_list, name="fact_list"),
    path("ny/", views.fact_new, name="fact_new"),
    path("start/", views.fact_start, name="fact_start"),
    path("<uuid:fact_id>/", views.fact_edit, name="fact_edit"),
    path("<uuid:fact_id>/kontrollert/", views.fact_confirm, name="fact_confirm"),
]
