"""The benchmark runs, and has a row for every engine; how fast anything is, is not tested here."""

import re
import subprocess
import sys
from pathlib import Path

from tests.bench.recognizers import read_answer
from tests.bench.scores import Answer, Phrase, Verdict, judge
from tests.databases import TODAY
