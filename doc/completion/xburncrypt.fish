# SPDX-License-Identifier: GPL-3.0-or-later
# Completion for fish. The program says what may be typed next (src/cli/completion.h).

function __xburncrypt_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    for line in (command $program __complete $words[2..-1] "$current" 2>/dev/null)
        set -l names (string split ' ' -- $line)
        switch $line
            case :nothing
            case ':files *' ':directories *'
                set -l before (string sub -l $names[2] -- $current)
                set -l name (string sub -s (math $names[2] + 1) -- $current)
                if test $names[1] = :files
                    printf '%s\n' "$before"(__fish_complete_path "$name")
                else
                    printf '%s\n' "$before"(__fish_complete_directories "$name" '')
                end
            case '*'
                echo $line
        end
    end
end
complete -c xburncrypt -f -a '(__xburncrypt_complete)'
