"""What is next to be done about a program, and by whom: one thing, in the order of the thread."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from packline.assurance.models import VerificationItem
from packline.design.models import Design
from packline.process.queries import routing_of_design
from packline.production.models import Order
from packline.production.queries.stock import cells_for
from packline.requirements.models import Program

__all__ = ["NextStep", "next_step", "to_match"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do: who does it, on which page; `verb` is its name in the addresses."""

    verb: str
    who: str
    what: str
    page: str

    def __str__(self) -> str:
        return f"{self.who} {self.what}"


def next_step(program: Program) -> NextStep | None:
    """Return what a program waits for; None if it is closed or all its orders are."""
    if program.state != "open":
        return None
    design = program.designs.filter(state="released").first()
    return _until_release(program) if design is None else _after_release(program, design)


def _until_release(program: Program) -> NextStep:
    page = reverse("design", args=[program.code])
    last = program.studies.order_by("-number").first()
    if last is None:
        return NextStep("study", "An engineer", "studies which packs meet the requirements", page)
    if last.state == "infeasible":
        what = "adds a cell, or agrees other requirements, and studies designs again: no pack fits"
        return NextStep("study", "An engineer", what, page)
    return NextStep("release", "An engineer", "releases one of the feasible designs", page)


def _after_release(program: Program, design: Design) -> NextStep | None:
    page = reverse("design", args=[program.code])
    if routing_of_design(design) is None:
        return NextStep("plan", "An engineer", "plans the process of the released design", page)
    if not VerificationItem.objects.filter(requirement__program=program).exists():
        what = "plans by what each requirement is verified"
        return NextStep("verify", "An engineer", what, page)
    orders = list(program.orders.order_by("placed_at", "number"))
    if not orders:
        page = f"{reverse('orders')}?program={program.code}"
        return NextStep("place", "A planner", "places an order", page)
    order = next((order for order in orders if order.state != "closed"), None)
    return None if order is None else _of_order(order)


def _of_order(order: Order) -> NextStep:
    page = reverse("order", args=[order.number])
    if order.state == "placed":
        in_stock, per_pack = to_match(order)
        if in_stock < per_pack:
            what = (
                f"receives cells for order {order}: {in_stock} accepted, a pack takes {per_pack}"
            )
            return NextStep("receive", "Goods receipt", what, reverse("lots"))
        return NextStep("match", "A planner", f"matches the cells in stock to order {order}", page)
    if order.units.filter(state__in=("planned", "building")).exists():
        return NextStep("build", "The shop floor", f"builds the units of order {order}", page)
    return NextStep("close", "A planner", f"closes order {order}", page)


def to_match(order: Order) -> tuple[int, int]:
    """Return how many cells in stock an order may take, and how many each of its packs takes."""
    design = order.design
    return cells_for(design, virtual=order.virtual).count(), design.series * design.parallel
