//go:build !unix

package folder

// NonBlocking is nothing where no named pipe can take a file's place.
const NonBlocking = 0
