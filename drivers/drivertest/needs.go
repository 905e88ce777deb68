package drivertest

import (
	"os"
	"testing"
)

// NeedsHost skips a test that this host cannot run: reason says what is missing,
// remedy what to type. With E2E_STRICT=1, set where the host is meant to have
// everything, the skip is a failure.
func NeedsHost(t testing.TB, reason, remedy string) {
	t.Helper()
	if os.Getenv("E2E_STRICT") == "1" {
		t.Fatalf("this host cannot run the test, and E2E_STRICT=1 demands it: %s\n%s", reason, remedy)
	}
	t.Skipf("skipped: %s\n%s", reason, remedy)
}
