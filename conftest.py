"""What tests/ and e2e/ share: the clause marker, what a skip costs, and real PostgreSQL and Redis."""

from hypothesis import settings

settings.register_profile("house", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("house")

pytest_plugins = [
    "tests.clauses",
    "tests.compiled",
    "tests.faults.figures",
    "tests.skips",
    "tests.services",
    "tests.house",
    "tests.plans",
    "tests.terminal",
]
