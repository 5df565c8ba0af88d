from django.urls import path

from .views import figures, openings, projects, sets, texts

app_name = "research"
urlpatterns = [
    path("", projects.project_list, name="project_list"),
    path("nytt/", projects.project_new, name="project_new"),
    path("tilsyn/", openings.oversight, name="oversight"),
    path("tall/", figures.figures, name="figures"),
    path("tall/tjenester/", figures.service_figures, name="service_figures"),
    path("tall/fil/", figures.figures_file, name="figures_file"),
    path("nokkel/<uuid:opening_id>/fil/", openings.opening_file, name="opening_file"),
    path("nokkel/<uuid:opening_id>/godkjenn/", openings.opening_approve, name="opening_approve"),
    path("fritekst/<uuid:release_id>/fil/", texts.text_file, name="text_file"),
    path("fritekst/<uuid:release_id>/godkjenn/", texts.text_approve, name="text_approve"),
    path("uttrekk/<uuid:set_id>/", sets.set_detail, name="set_detail"),
    path("uttrekk/<uuid:set_id>/hvor-langt/", sets.set_status, name="set_status"),
    path("uttrekk/<uuid:set_id>/tell/", sets.set_count, name="set_count"),
    path("uttrekk/<uuid:set_id>/frys/", sets.set_freeze, name="set_freeze"),
    path("uttrekk/<uuid:set_id>/fil/", sets.set_file, name="set_file"),
    path("uttrekk/<uuid:set_id>/slettet/", sets.set_acknowledge, name="set_acknowledge"),
    path("<uuid:project_id>/", projects.project_detail, name="project_detail"),
    path("<uuid:project_id>/uttrekk/", sets.set_new, name="set_new"),
    path("<uuid:project_id>/fritekst/", texts.text_new, name="text_new"),
    path("<uuid:project_id>/nokkel/", openings.opening_new, name="opening_new"),
]
