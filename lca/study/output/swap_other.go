//go:build !linux && !darwin

package output

// exchange reports errNoSwap: the system has no such call.
func exchange(string, string) error { return errNoSwap }
