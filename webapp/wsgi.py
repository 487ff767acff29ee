"""For a web server that brings its own processes: `gunicorn webapp.wsgi:application`."""

from __future__ import annotations

import logging

from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import create_app
from workflows.assembly import open_office
from workflows.demonstration import keep_apart
from workflows.log_lines import to_stderr
from workflows.settings import Settings

to_stderr(logging.INFO)
# Each process opens an office of its own once it has begun: connections to a database cannot be shared among them.
_office = open_office(Settings.from_environment())
keep_apart(_office.desk())
application = create_app(_office)
if _office.settings.secure_cookies:  # a proxy on this machine stands before us, and says who asks and how
    application.wsgi_app = ProxyFix(application.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign] # as Flask's own documentation does
