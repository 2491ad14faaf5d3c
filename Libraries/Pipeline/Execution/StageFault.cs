using System.Net.Sockets;
using Azure;
using Grpc.Core;

namespace QatPipeline.Pipeline.Execution;

/// <summary>What went wrong in a stage and what to do about it.</summary>
/// <param name="IsTransient">Whether the same work may succeed a little later.</param>
public sealed record StageFault(string Type, string Message, string Remedy, bool IsTransient)
{
    private const int NoSpaceLeft = 28;

    /// <summary>Describes the exception for the people who submitted the run.</summary>
    public static StageFault Of(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => Of(only),
        AggregateException aggregate when aggregate.InnerExceptions.All(inner => Of(inner).IsTransient) =>
            Of(aggregate.InnerExceptions[0]),
        _ => new StageFault(exception.GetType().Name, exception.Message, Remedies(exception), Transient(exception)),
    };

    private static bool Transient(Exception exception) => exception switch
    {
        RequestFailedException failed => failed.Status is 0 or 408 or 429 or >= 500,
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException or EndOfStreamException => false,
        IOException io => (io.HResult & 0xFFFF) != NoSpaceLeft,
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.ResourceExhausted,
        TimeoutException or SocketException or HttpRequestException => true,
        _ => false,
    };

    private static string Remedies(Exception exception) => exception switch
    {
        RequestFailedException { Status: 401 or 403 } => "Check the blob storage's connection string and its rights.",
        RequestFailedException => "Check that the blob storage is running and reachable, then submit the run again.",
        FileNotFoundException or DirectoryNotFoundException => "Correct the path in the run specification and submit the run again.",
        IOException io when (io.HResult & 0xFFFF) == NoSpaceLeft => "Free space on the full disk and submit the run again.",
        OutOfMemoryException => "Lower the batch size in the run specification, or use a machine with more memory.",
        _ => "Correct what the message names and submit the run again; finished stages are reused.",
    };
}
