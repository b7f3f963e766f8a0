"""Addresses for machines; they have no language."""

from django.urls import path

from xinheng.portal import probes

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("robots.txt", probes.robots, name="robots"),
]
