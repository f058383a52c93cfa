# Completion of qmlops for fish: qmlops completion fish > ~/.config/fish/completions/qmlops.fish
function __qmlops_words
    set -l words (commandline -opc)
    set -l current (string unescape -- (commandline -ct))
    set -l found ($words[1] completion words -- $words[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c qmlops -f -a '(__qmlops_words)'
complete -c quantum-mlops -f -a '(__qmlops_words)'
