// What QatPipeline calls of NCCL, over shared memory between processes of one machine: on memory of the CPU, in the order of the ranks.
// Calls are written to the file LOG. A sum of UNLUCKY values fails.
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RANKS = 8, ROOM = 1 << 20, FLOAT = 7, DOUBLE = 8, SUM = 0 };
enum { SUCCESS = 0, SYSTEM_ERROR = 2, INTERNAL_ERROR = 3, INVALID_ARGUMENT = 4, INVALID_USAGE = 5 };

typedef struct { char name[128]; } UniqueId;

typedef struct {
    atomic_ulong arrivals;
    struct { size_t count; int type; char values[ROOM]; } of[RANKS];
} Shared;

typedef struct { Shared *shared; int ranks, rank; } Communicator;

static void note(const Communicator *own, const char *text)
{
    FILE *log = fopen(LOG, "a");
    fprintf(log, "%d %s\n", own->rank, text);
    fclose(log);
}

static void await_all(Communicator *own)
{
    unsigned long ticket = atomic_fetch_add(&own->shared->arrivals, 1);
    unsigned long target = (ticket / own->ranks + 1) * own->ranks;
    while (atomic_load(&own->shared->arrivals) < target) {
        usleep(20);
    }
}

int ncclGetVersion(int *version)
{
    *version = 22105;
    return SUCCESS;
}

const char *ncclGetErrorString(int code)
{
    return code == INTERNAL_ERROR ? "internal error of the stand-in" : code == INVALID_USAGE ? "invalid usage of the stand-in" : "another error";
}

int ncclGetUniqueId(UniqueId *id)
{
    static int count;
    memset(id, 0xa5, sizeof *id);
    snprintf(id->name, sizeof id->name, "/nccl-stand-in-%d-%d", getpid(), count++);
    int file = shm_open(id->name, O_CREAT | O_EXCL | O_RDWR, 0600);
    return file >= 0 && ftruncate(file, sizeof(Shared)) == 0 && close(file) == 0 ? SUCCESS : SYSTEM_ERROR;
}

int ncclCommInitRank(Communicator **communicator, int ranks, UniqueId id, int rank)
{
    if (ranks < 1 || ranks > RANKS || rank < 0 || rank >= ranks || id.name[127] != (char)0xa5) {
        return INVALID_ARGUMENT;
    }

    int file = shm_open(id.name, O_RDWR, 0600);
    if (file < 0) {
        return SYSTEM_ERROR;
    }

    Communicator *own = malloc(sizeof *own);
    *own = (Communicator){ mmap(NULL, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), ranks, rank };
    close(file);
    await_all(own);
    if (rank == 0) {
        shm_unlink(id.name);
    }

    *communicator = own;
    note(own, "join");
    return SUCCESS;
}

#define ADD(T) \
    for (size_t i = 0; i < count; i++) { \
        T sum = ((T *)own->shared->of[0].values)[i]; \
        for (int rank = 1; rank < own->ranks; rank++) { \
            sum += ((T *)own->shared->of[rank].values)[i]; \
        } \
        ((T *)destination)[i] = sum; \
    }

int ncclAllReduce(const void *source, void *destination, size_t count, int type, int operation, Communicator *own, void *stream)
{
    size_t size = count * (type == DOUBLE ? sizeof(double) : sizeof(float));
    char text[64];
    snprintf(text, sizeof text, "sum %zu %s", count, type == DOUBLE ? "double" : "float");
    note(own, text);
    if (count == UNLUCKY) {
        return INTERNAL_ERROR;
    }

    if (source != destination || (type != FLOAT && type != DOUBLE) || operation != SUM || stream != NULL || size > ROOM) {
        return INVALID_ARGUMENT;
    }

    own->shared->of[own->rank].count = count;
    own->shared->of[own->rank].type = type;
    memcpy(own->shared->of[own->rank].values, source, size);
    await_all(own);
    for (int rank = 0; rank < own->ranks; rank++) {
        if (own->shared->of[rank].count != count || own->shared->of[rank].type != type) {
            return INVALID_USAGE;
        }
    }

    if (type == DOUBLE) {
        ADD(double)
    } else {
        ADD(float)
    }

    await_all(own);
    return SUCCESS;
}

static int leave(Communicator *own, const char *how)
{
    note(own, how);
    munmap(own->shared, sizeof(Shared));
    free(own);
    return SUCCESS;
}

int ncclCommDestroy(Communicator *own) { return leave(own, "destroy"); }

int ncclCommAbort(Communicator *own) { return leave(own, "abort"); }
