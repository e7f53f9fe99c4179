from django.urls import path

from clinic.urls import urlpatterns as clinic_patterns
from clinic.views import protocols

urlpatterns = [
    *clinic_patterns,
    path("protocols/", protocols.protocols, name="protocols"),
    path("protocols/<slug:slug>/", protocols.protocol, name="protocol"),
    path(
        "protocols/<slug:slug>/<int:version>/", protocols.protocol_version, name="protocol_version"
    ),
]
