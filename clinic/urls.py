"""Every address of the product. Each view declares its policy; see `clinic.policy`."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import path
from django.views.i18n import set_language

from clinic.views import clinics, health, patients

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("language/", set_language, name="set_language"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/<uidb36>-<key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("clinic/", clinics.choose, name="clinic_choose"),
    path("search/", patients.search, name="search"),
    path("patients/", patients.patients, name="patients"),
    path("patients/new/", patients.new, name="patient_new"),
    path("patients/<slug:public_id>/", patients.patient, name="patient"),
    path("patients/<slug:public_id>/edit/", patients.edit, name="patient_edit"),
    path("settings/", admin.site.urls),
]
