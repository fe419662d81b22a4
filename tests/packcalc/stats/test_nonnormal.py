"""Non-normal capability, transformations and normality against scipy."""

import numpy as np
import pytest
from scipy import stats

from packcalc.stats.capability import capability
from packcalc.stats.capability_nonnormal import capability_nonnormal, nonconforming_indices
from packcalc.stats.fitted_shape import fit_shape
from packcalc.stats.limits import Limits
from packcalc.stats.no_data import NoData
from packcalc.stats.normality import anderson_darling, normality
from packcalc.stats.transforms import fit_box_cox, fit_johnson

RNG = np.random.default_rng(31)
SKEWED = RNG.lognormal(1, 0.5, 200)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_anderson_darling_is_that_of_scipy():
    assert anderson_darling(SKEWED)[0] == pytest.approx(stats.anderson(SKEWED).statistic, abs=1e-9)


def test_skewed_values_are_not_taken_as_normal():
    assert not normality(SKEWED).normal
    assert normality(stats.norm.ppf((np.arange(200) + 0.5) / 200)).normal


def test_box_cox_is_that_of_scipy():
    assert fit_box_cox(SKEWED).lam == pytest.approx(
        stats.boxcox_normmax(SKEWED, method="mle"), 1e-4
    )


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("SU", stats.johnsonsu.ppf((np.arange(300) + 0.5) / 300, 1, 2, 10, 3)),
        ("SB", stats.johnsonsb.ppf((np.arange(300) + 0.5) / 300, 0.7, 1.2, 10, 3)),
        ("SL", 4 + np.exp(stats.norm.ppf((np.arange(300) + 0.5) / 300) * 0.6)),
    ],
)
def test_johnson_makes_its_own_families_normal_and_undoes_itself(name, x):
    fit = fit_johnson(x)
    assert fit.p > 0.5, name
    np.testing.assert_allclose(fit.invert(fit.apply(x)), x, rtol=1e-9)


@pytest.mark.parametrize("method", ["lognormal", "box_cox", "johnson"])
def test_methods_that_fit_a_lognormal_agree_on_its_capability(method):
    limits = Limits(None, float(stats.lognorm.ppf(1 - 1e-4, 0.5, scale=np.e)), "um")
    x = np.random.default_rng(1).lognormal(1, 0.5, 5000)
    truth = (limits.high - np.e) / (np.exp(1 + 1.5) - np.e)
    found = capability_nonnormal(x, limits, method=method)
    assert found.indices.ppk == pytest.approx(truth, rel=0.08)


def test_normal_values_have_about_the_same_indices_either_way():
    x = np.random.default_rng(2).normal(100, 1, 4000)
    limits = Limits(96.0, 104.0, "mm")
    assert capability_nonnormal(x, limits, method="johnson").indices.ppk == pytest.approx(
        capability(x, limits).ppk.value, rel=0.06
    )


def test_values_below_zero_are_refused_where_the_distribution_has_none():
    with pytest.raises(ValueError, match="positive"):
        capability_nonnormal(np.linspace(-1, 1, 50), Limits(None, 5.0, "mm"), method="weibull")


def test_too_few_values_give_no_percentiles():
    assert isinstance(capability_nonnormal(SKEWED[:19], Limits(0, 20, "um")), NoData)


def test_box_cox_by_nonconforming_is_the_study_of_transformed_values_and_limits():
    """What Minitab prints: transform values and limits, then the indices of a normal process."""
    limits = Limits(0.5, 12.0, "um")
    found = capability_nonnormal(
        SKEWED, limits, method="box_cox", judged="nonconforming", box_cox=0.0
    )
    logs = capability(np.log(SKEWED), Limits(np.log(0.5), np.log(12.0), "1"))
    for name in ("pp", "ppl", "ppu"):
        assert getattr(found.indices, name) == pytest.approx(getattr(logs, name).value, rel=1e-9)
    assert found.indices.ppk == pytest.approx(logs.ppk.value, rel=1e-9)
    assert "given" in found.convention


def test_a_rounded_power_is_the_nearest_half():
    found = capability_nonnormal(
        SKEWED, Limits(None, 12.0, "um"), method="box_cox", box_cox="rounded"
    )
    assert dict(found.parameters)["lambda"] == round(2 * fit_box_cox(SKEWED).lam) / 2
    assert "rounded to the nearest half" in found.convention


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("weibull", lambda p: stats.weibull_min(p["shape"], scale=p["scale"])),
        ("lognormal", lambda p: stats.lognorm(p["shape"], scale=p["scale"])),
        ("exponential", lambda p: stats.expon(scale=p["scale"])),
    ],
)
def test_fitted_tails_are_those_of_scipy(method, theirs):
    fit = fit_shape(SKEWED, method)
    at = np.array([0.1, 1.0, 3.0, 30.0])
    truth = theirs(dict(fit.parameters))
    np.testing.assert_allclose(fit.below(at), truth.cdf(at), rtol=1e-10, atol=0)
    np.testing.assert_allclose(fit.above(at), truth.sf(at), rtol=1e-9, atol=0)


def test_a_limit_that_nothing_passes_has_no_index():
    found = nonconforming_indices(0.0, 0.001, Limits(0.0, 5.0, "mm"))
    assert isinstance(found.ppl, NoData)
    assert isinstance(found.pp, NoData)
    assert found.ppk == found.ppu == pytest.approx(-stats.norm.ppf(0.001) / 3)
    assert nonconforming_indices(0.0, 1.0, Limits(0.0, 5.0, "mm")).ppk == -np.inf
