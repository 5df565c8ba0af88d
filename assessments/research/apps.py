from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "assessments.research"
    label = "research"
