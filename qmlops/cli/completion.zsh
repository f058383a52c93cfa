#compdef qmlops quantum-mlops
# Completion of qmlops for zsh: eval "$(qmlops completion zsh)" after compinit, or as _qmlops in $fpath.
_qmlops() {
    local -a found
    found=("${(@f)$("${words[1]}" completion words -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    found=("${(@)found:#}")
    if (( ! $#found )); then
        _files
        return
    fi
    # A key waits for its value: no space behind the sign.
    compadd -S '' -- "${(@M)found:#*=}"
    compadd -- "${(@)found:#*=}"
}
if [[ "$funcstack[1]" == _qmlops ]]; then
    _qmlops "$@"
else
    compdef _qmlops qmlops quantum-mlops
fi
