"""Addresses of the pages. Chinese stands at these paths, English at the same ones below ``/en/``."""

from django.urls import path

from xinheng.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("org/<str:code>/", views.organisation, name="organisation"),
    path("record/<str:record_id>/", views.record, name="record"),
    path("about/", views.about, name="about"),
]
