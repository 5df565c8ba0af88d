from django.urls import path

from . import views

app_name = "documents"
FAMILY = "familie/<uuid:family_id>/"
urlpatterns = [
    path(FAMILY, views.family_documents, name="family_documents"),
    path(FAMILY + "nytt/", views.document_new, name="document_new"),
    path(FAMILY + "<uuid:file_id>/", views.document_download, name="document_download"),
    path(FAMILY + "<uuid:file_id>/trekk/", views.document_withdraw, name="document_withdraw"),
]
