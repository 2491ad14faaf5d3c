using System.Net;
using System.Net.Sockets;
using Azure;
using Grpc.Core;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Specification;

namespace QatPipeline.Runs.Execution;

/// <summary>What went wrong in a stage and what to do about it.</summary>
/// <param name="IsTransient">Whether the same work may succeed a little later.</param>
/// <param name="Type">Name of the exception's type without namespace, for programs.</param>
/// <param name="Message">What is wrong, with file, key or node.</param>
/// <param name="Remedy">What the person who submitted the run can do.</param>
public sealed record StageFault(string Type, string Message, string Remedy, bool IsTransient)
{
    // ENOSPC, EDQUOT and EFBIG: the disk, the user's share of it, or the size a file may have.
    private static readonly int[] FullDisk = [28, 122, 27];

    /// <summary>Describes the exception for the people who submitted the run.</summary>
    public static StageFault Of(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => Of(only),
        AggregateException aggregate when aggregate.InnerExceptions.All(inner => Of(inner).IsTransient) =>
            Of(aggregate.InnerExceptions[0]),
        RpcException rpc => new StageFault(nameof(RpcException), rpc.Status.Detail, Remedies(rpc), Transient(rpc)),
        _ => new StageFault(exception.GetType().Name, exception.Message, Remedies(exception), Transient(exception)),
    };

    // A conflict, 409 or 412, ends with the request that was faster. A cancellation nobody asked for is a time-out.
    private static bool Transient(Exception exception) => exception switch
    {
        RequestFailedException failed => failed.Status is 0 or 408 or 409 or 412 or 429 or >= 500,
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException or EndOfStreamException => false,
        IOException io => !IsFullDisk(io),
        RpcException rpc =>
            rpc.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Aborted,
        TimeoutException or SocketException or HttpRequestException or OperationCanceledException => true,
        _ => false,
    };

    private static string Remedies(Exception exception) => exception switch
    {
        _ when IsFullDisk(exception) => "Free space on the full disk and submit the run again; finished stages are reused.",
        RequestFailedException { Status: 401 or 403 } => "Check the blob storage's connection string and its rights.",
        RequestFailedException => "Check that the blob storage is running and reachable, then submit the run again.",
        FileNotFoundException or DirectoryNotFoundException => "Correct the path in the run specification and submit the run again.",
        UnauthorizedAccessException => "Give the services the right to read the path, and submit the run again.",
        OutOfMemoryException => "Lower the batch size in the run specification, or use a machine with more memory.",
        DamagedBlobException => "Submit the run again: the stage that makes what is damaged makes it anew, the others are reused.",
        SpecificationException => "Correct the run specification and submit the run again.",
        RpcException { StatusCode: StatusCode.Unavailable } => "Check that all services are running, then submit the run again.",
        _ => "Correct what the message names and submit the run again; finished stages are reused.",
    };

    // A library says where it was writing in an exception of its own, around this one.
    private static bool IsFullDisk(Exception exception) =>
        (exception is IOException && FullDisk.Contains(exception.HResult & 0xFFFF))
        || exception is RequestFailedException { Status: (int)HttpStatusCode.InsufficientStorage }
        || (exception.InnerException is { } inner && IsFullDisk(inner));
}
