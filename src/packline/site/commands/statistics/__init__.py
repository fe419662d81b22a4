"""`packline spc | capability | msa | sample-plan`: quality statistics without a database."""

from packline.site.commands.statistics.capability import capability
from packline.site.commands.statistics.msa import msa
from packline.site.commands.statistics.sample_plan import sample_plan
from packline.site.commands.statistics.spc import spc

__all__ = ["capability", "msa", "sample_plan", "spc"]
