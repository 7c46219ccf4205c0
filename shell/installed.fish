# What start.fish does not need where fish looks for functions and completions by itself. Printed in
# the installed file only, after a line that sets $directory.

builtin contains -- $directory/vendor_functions.d $fish_function_path
or builtin set -ga fish_function_path $directory/vendor_functions.d
builtin contains -- $directory/vendor_completions.d $fish_complete_path
or builtin set -ga fish_complete_path $directory/vendor_completions.d
