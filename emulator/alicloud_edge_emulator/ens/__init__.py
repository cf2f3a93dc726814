"""ENS 2017-11-10: data files pushed to edge regions and distributed to the instances of applications."""
