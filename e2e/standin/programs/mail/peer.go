package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Port is where the stores of stand-in servers speak to each other. Exchange's
// own way is RPC, of which nothing is imitated.
const Port = 8137

// Answers serves orders to a store. allowed says who may give them.
func Answers(do func(Order) (Content, error), allowed func(user, password string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var o Order
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<20)).Decode(&o); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if !allowed(o.User, o.Password) {
			http.Error(w, "access denied", http.StatusForbidden)
			return
		}
		content, err := do(o)
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		_ = json.NewEncoder(w).Encode(content)
	})
}

// Ask gives an order to the store at an IP address.
func Ask(ctx context.Context, address string, o Order) (Content, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return Content{}, err
	}
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+net.JoinHostPort(address, strconv.Itoa(Port))+"/", bytes.NewReader(body))
	if err != nil {
		return Content{}, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return Content{}, err
	}
	defer answer.Body.Close()
	var content Content
	if answer.StatusCode != http.StatusOK {
		return content, fmt.Errorf("%w: %s answers %s", ErrOrder, address, answer.Status)
	}
	return content, json.NewDecoder(answer.Body).Decode(&content)
}
