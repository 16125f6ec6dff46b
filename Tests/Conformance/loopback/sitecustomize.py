"""Leads every request of the `requests` library to the server that DATIVO_LOOPBACK names.

On the PYTHONPATH of a tap. The host becomes the first part of the path, so that
https://api.example.org/v1/orders is asked of http://127.0.0.1:PORT/api.example.org/v1/orders.
"""
import os

try:
    import requests.adapters
except ImportError:
    pass
else:
    server = os.environ["DATIVO_LOOPBACK"]
    send = requests.adapters.HTTPAdapter.send

    def to_loopback(self, request, *arguments, **options):
        request.url = f"{server}/{request.url.partition('://')[2]}"
        return send(self, request, *arguments, **options)

    requests.adapters.HTTPAdapter.send = to_loopback
