"""Every protocol can be planned with all that it defines."""

import pytest
from harmonia.metrics import find_protocol, list_protocols
from made_results import make


@pytest.mark.parametrize("name", [name for name in list_protocols() if name != "harmonia"])
def test_a_protocol_is_planned_with_every_metric_that_it_defines(tmp_path, name):
    defines = find_protocol(name).defines
    rows = make(tmp_path, {"HCOCO": 1}, ["mkl"], protocol=name, metrics=defines)
    assert len(rows["mkl"][0].values) == len(defines)
