using Google.Protobuf;

namespace Chronos.MesosSimulator.Agents;

/// <summary>What an agent does with the tasks of an executor. Called under the cluster's lock; answers come later as
/// statuses.</summary>
internal interface ITaskRuntime
{
    /// <summary>Whether an executor ends by itself with the last of its tasks.</summary>
    bool EndsWithItsTasks { get; }

    /// <summary>Whether an executor must speak up after the agent was restarted, or counts as gone.</summary>
    bool MustReturn { get; }

    /// <summary>Begins a task.</summary>
    void Launch(TaskRecord task);

    /// <summary>Asks a task to end.</summary>
    /// <param name="task">One that has not ended.</param>
    /// <param name="grace">Between asking and forcing; null: what the task says.</param>
    void Kill(TaskRecord task, TimeSpan? grace);

    /// <summary>Asks an executor to end, with its tasks.</summary>
    void Shutdown(ExecutorRecord executor);

    /// <summary>Ends an executor at once, without a word to anybody.</summary>
    void Destroy(ExecutorRecord executor);

    /// <summary>Hands a message of the scheduler over.</summary>
    void Tell(ExecutorRecord executor, ByteString message);
}
