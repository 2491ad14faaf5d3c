using Google.Protobuf.WellKnownTypes;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Gateway.Rpc;

internal static class RunMessages
{
    public static Run ToMessage(this RunStatus status)
    {
        var message = new Run
        {
            RunId = status.RunId,
            Name = status.Name,
            State = Name(status.State),
            Requested = status.Requested.ToTimestamp(),
            Finished = status.Finished?.ToTimestamp(),
            TraceId = status.TraceId ?? "",
            WaitingFor = status.WaitingFor ?? "",
            Failure = status.Failure is { } failure
                ? new Failure { Stage = failure.Stage, Message = failure.Message, Remedy = failure.Remedy }
                : null,
        };
        message.Stages.AddRange(status.Stages.Select(ToMessage));
        return message;
    }

    private static RunStage ToMessage(StageStatus stage)
    {
        var message = new RunStage
        {
            Name = stage.Stage,
            State = Name(stage.State),
            Activity = stage.Activity,
            Done = stage.Done,
            Total = stage.Total,
        };
        message.Figures.Add(stage.Figures.ToDictionary());
        return message;
    }

    private static string Name<TState>(TState state)
        where TState : struct, System.Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}
