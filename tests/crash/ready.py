"""Sets Django up; the fork server imports it before anything that has a model."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_agent.django_settings")
django.setup()
