# Completion of qmlops for bash: eval "$(qmlops completion bash)"
_qmlops() {
    local line="${COMP_LINE:0:COMP_POINT}" IFS=$' \t\n' word
    local -a words
    # Without -r, so that a space behind a backslash stays inside its word.
    read -a words <<< "$line"
    case "$line" in *[[:space:]]) words+=("") ;; esac
    local current="${words[${#words[@]} - 1]}"
    # Readline breaks words at these signs and replaces only what follows the last of them.
    local kept="${current%"${current##*[=:@]}"}"
    COMPREPLY=()
    while IFS= read -r word; do
        word="${word#"$kept"}"
        case "$word" in *[[:space:]]*) printf -v word %q "$word" ;; esac
        COMPREPLY+=("$word")
    done < <("$1" completion words -- "${words[@]:1}" 2>/dev/null)
    case "${#COMPREPLY[@]}:${COMPREPLY[0]}" in 1:*=) compopt -o nospace 2>/dev/null || : ;; esac
    return 0
}
complete -o default -F _qmlops qmlops quantum-mlops
