"""For a web server that brings its own processes: `webapp.wsgi:application`."""

from webapp import create_app
from workflows.assembly import open_office
from workflows.settings import Settings

application = create_app(open_office(Settings.from_environment()))
