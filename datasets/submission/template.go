package submission

import _ "embed"

//go:embed template.yaml
var template string

// Template is a form to start from, with comments.
func Template() string { return template }
