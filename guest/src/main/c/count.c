/* Counts the primes below 20000 by trial division, with a line for each thousand numbers: work that takes a while. */

#include <stdio.h>

static int is_prime(int number) {
    for (int divisor = 2; divisor * divisor <= number; divisor++) {
        if (number % divisor == 0) {
            return 0;
        }
    }
    return number >= 2;
}

int main(void) {
    int primes = 0;
    for (int number = 0; number < 20000; number++) {
        primes += is_prime(number);
        if (number % 1000 == 999) {
            printf("%d primes below %d\n", primes, number + 1);
        }
    }
    return 0;
}
