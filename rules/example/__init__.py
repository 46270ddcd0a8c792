"""The example company that `statusbote demo` fills an empty house with, and the order it plays through."""
