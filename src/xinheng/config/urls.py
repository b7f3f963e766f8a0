"""All addresses: Chinese without a prefix, English under ``/en/``, those for machines without a language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("", include("xinheng.portal.machine_urls")),
    *i18n_patterns(path("", include("xinheng.portal.urls")), prefix_default_language=False),
]

handler400 = "xinheng.portal.errors.bad_request"
handler404 = "xinheng.portal.errors.not_found"
handler500 = "xinheng.portal.errors.broken"
