from django.urls import path

from .views import sending

app_name = "referrals"
urlpatterns = [
    path("ny/", sending.referral_new, name="referral_new"),
    path("kvittering/<str:receipt>/", sending.referral_receipt, name="referral_receipt"),
]
