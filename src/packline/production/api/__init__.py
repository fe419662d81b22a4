"""Edge of production: its routers of the interface, put together by the site."""

from packline.production.api.orders import router as orders
from packline.production.api.parts import router as parts
from packline.production.api.steps import router as steps
from packline.production.api.tally import router as tally
from packline.production.api.trace import router as tracing
from packline.production.api.units import router as units
from packline.production.api.uploads import router as uploads

__all__ = ["orders", "parts", "steps", "tally", "tracing", "units", "uploads"]
